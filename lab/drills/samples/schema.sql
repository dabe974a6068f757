-- The lab's tables; :rows is the number of rows of the larger one.
CREATE TABLE author (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE article (
  id bigint PRIMARY KEY,
  author_id bigint NOT NULL,
  views integer NOT NULL DEFAULT 0,
  title text NOT NULL,
  body text NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO author SELECT id, 'author ' || id FROM generate_series(1, 1000) AS id;
INSERT INTO article (id, author_id, title, body)
  SELECT id, 1 + id % 1000, 'title ' || md5(id::text), repeat(md5(id::text), 4) FROM generate_series(1, :rows) AS id;
CREATE INDEX article_by_day ON article (written_at);
