"""PostgreSQL on Amazon RDS."""
