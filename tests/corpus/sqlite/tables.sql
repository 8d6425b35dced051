CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL, length INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO word SELECT i, printf('%x', i * 2654435761 % 4294967296), NULL FROM n;
UPDATE word SET length = length(text);
CREATE INDEX by_text ON word (text);
SELECT length, count(*), min(text), max(text) FROM word GROUP BY length ORDER BY length;
SELECT a.text, b.text FROM word a JOIN word b ON b.id = a.length * 1000 + 7 ORDER BY a.text LIMIT 4;
BEGIN;
DELETE FROM word WHERE id % 2;
ROLLBACK;
SELECT count(*), sum(length), round(avg(length), 6), group_concat(DISTINCT substr(text, 1, 1)) FROM word;
SELECT upper(hex('wasm')), 1e308 * 10, 7 / 2.0, 7 / 2, 0.1 + 0.2, 'a' < 'B' COLLATE NOCASE;
EXPLAIN QUERY PLAN SELECT id FROM word WHERE text = 'ff';
SELECT nothing FROM word;
PRAGMA integrity_check;
