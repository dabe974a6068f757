-- What a restore has to bring back beside rows, over the tables of schema.sql.
CREATE EXTENSION pg_trgm;
CREATE SEQUENCE receipt_number START 4711;
CREATE TABLE receipt (
  id bigint PRIMARY KEY DEFAULT nextval('receipt_number'),
  author_id bigint NOT NULL REFERENCES author,
  cents integer NOT NULL CHECK (cents > 0),
  note jsonb NOT NULL DEFAULT '{}'
);
INSERT INTO receipt (author_id, cents, note)
  SELECT 1 + id % 1000, id, jsonb_build_object('page', id) FROM generate_series(1, 2000) AS id;
CREATE INDEX article_by_words ON article USING gin (title gin_trgm_ops) WHERE id < 2000;
ALTER TABLE receipt ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_receipts ON receipt USING (author_id = current_setting('app.author', true)::bigint);
CREATE FUNCTION views_of(of bigint) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
  AS $$ SELECT sum(views) FROM article WHERE author_id = of $$;
CREATE VIEW busy_author AS SELECT author_id, count(*) AS articles FROM article GROUP BY author_id;
