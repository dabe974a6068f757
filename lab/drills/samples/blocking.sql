-- The same for a table that nobody uses: each statement holds a lock for as long as the table is large.
CREATE INDEX article_by_title ON article (title);
ALTER TABLE article ALTER COLUMN views TYPE bigint;
ALTER TABLE article ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE article ADD CONSTRAINT article_author FOREIGN KEY (author_id) REFERENCES author;
