"""Files of the application: a private S3 bucket, read by the world through CloudFront alone."""
