"""Files of the application: a private S3 bucket, read through CloudFront alone."""
