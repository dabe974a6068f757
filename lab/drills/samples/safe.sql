-- Expand: every statement leaves readers and writers of the tables alone, or holds their lock for an instant.
SET lock_timeout = '2s';
ALTER TABLE article ADD COLUMN status text NOT NULL DEFAULT 'draft';
ALTER TABLE article ADD CONSTRAINT article_author FOREIGN KEY (author_id) REFERENCES author NOT VALID;
-- What follows takes as long as the table is large, and blocks nobody; production's limit would end it.
SET statement_timeout = 0;
ALTER TABLE article VALIDATE CONSTRAINT article_author;
CREATE INDEX CONCURRENTLY article_by_author ON article (author_id);
