SELECT * FROM peer
SELECT count(*) FROM peer
SELECT count(*) FROM main.peer
SELECT count(*) FROM "peer"
SELECT count(*) FROM 'peer'
SELECT count(*) FROM [peer]
SELECT count(*) FROM `peer`
SELECT count(*) FROM/**/peer
400:SELECT count(*) FROM -- x
SELECT 1 FROM v1_block, peer
SELECT 1 FROM v1_block JOIN peer
SELECT 1 FROM (peer)
SELECT (SELECT count(*) FROM peer)
SELECT EXISTS (SELECT 1 FROM peer)
SELECT url FROM peer UNION SELECT hash FROM v1_block
SELECT * FROM block
SELECT raw FROM tx
SELECT * FROM setting
SELECT * FROM sqlite_schema
SELECT * FROM sqlite_master
SELECT count(*) FROM sqlite_master
SELECT sql FROM sqlite_temp_master
SELECT * FROM sqlite_sequence
400:SELECT * FROM sqlite_stat1
WITH x AS (SELECT * FROM peer) SELECT * FROM x
WITH v1_x AS (SELECT * FROM peer) SELECT * FROM v1_x
WITH V1_X AS (SELECT * FROM peer) SELECT * FROM V1_X
WITH "v1_x" AS (SELECT * FROM peer) SELECT * FROM v1_x
WITH [v1_x] AS (SELECT * FROM peer) SELECT * FROM v1_x
WITH `v1_x` AS (SELECT * FROM peer) SELECT * FROM v1_x
WITH 'v1_x' AS (SELECT * FROM peer) SELECT * FROM v1_x
WITH v1_x(a) AS (SELECT url FROM peer) SELECT * FROM v1_x
WITH v1_x AS MATERIALIZED (SELECT * FROM peer) SELECT * FROM v1_x
WITH v1_x AS NOT MATERIALIZED (SELECT * FROM peer) SELECT * FROM v1_x
WITH v1_x/**/AS/**/(SELECT * FROM peer) SELECT * FROM v1_x
WITH v1_block AS (SELECT * FROM peer) SELECT * FROM v1_block
WITH a AS (SELECT 1), v1_b AS (SELECT * FROM peer) SELECT * FROM v1_b
WITH RECURSIVE v1_r(n) AS (SELECT url FROM peer) SELECT * FROM v1_r
SELECT * FROM (SELECT url FROM peer) AS v1_x
SELECT * FROM peer AS v1_block
SELECT v1_block.url FROM peer AS v1_block
SELECT * FROM v1_block WHERE hash IN (SELECT url FROM peer)
SELECT (SELECT url FROM peer LIMIT 1) FROM v1_block
SELECT * FROM v1_block ORDER BY (SELECT url FROM peer)
SELECT * FROM v1_block LIMIT (SELECT count(*) FROM peer)
SELECT rowid FROM peer
SELECT p.rowid FROM peer p
SELECT max(rowid) FROM block
SELECT * FROM peer NOT INDEXED
SELECT * FROM pragma_table_info('peer')
SELECT * FROM pragma_database_list
SELECT * FROM pragma_function_list
SELECT count(*) FROM pragma_module_list
SELECT * FROM pragma_journal_mode
SELECT * FROM dbstat
400:SELECT * FROM sqlite_dbpage
400:SELECT * FROM bytecode('SELECT 1')
400:SELECT * FROM tables_used('SELECT 1')
SELECT * FROM sqlite_stmt
PRAGMA journal_mode
PRAGMA journal_mode=DELETE
PRAGMA query_only=0
PRAGMA writable_schema=1
PRAGMA database_list
PRAGMA table_info(peer)
PRAGMA wal_checkpoint(TRUNCATE)
PRAGMA hard_heap_limit=0
PRAGMA temp_store_directory='/tmp'
PRAGMA integrity_check
PRAGMA user_version=9
ATTACH 'x.db' AS y
ATTACH '/etc/passwd' AS y
ATTACH ':memory:' AS y
DETACH main
VACUUM
VACUUM INTO '/tmp/x.db'
REINDEX
ANALYZE
BEGIN
BEGIN IMMEDIATE
COMMIT
ROLLBACK
SAVEPOINT x
RELEASE x
DELETE FROM block
400:DELETE FROM v1_block
INSERT INTO peer(url) VALUES ('x')
INSERT INTO v1_block(height) VALUES (1)
UPDATE block SET height = 1
400:UPDATE v1_block SET height = 1
REPLACE INTO peer(url) VALUES ('x')
DROP TABLE block
DROP VIEW v1_block
ALTER TABLE block RENAME TO b
ALTER TABLE block ADD COLUMN x
CREATE TABLE x(a)
CREATE TEMP TABLE x(a)
CREATE VIEW x AS SELECT 1
CREATE TEMP VIEW v1_x AS SELECT * FROM peer
CREATE INDEX x ON block(height)
CREATE TRIGGER x AFTER INSERT ON block BEGIN SELECT 1; END
CREATE TEMP TRIGGER x AFTER INSERT ON block BEGIN SELECT 1; END
CREATE VIRTUAL TABLE x USING fts5(a)
CREATE VIRTUAL TABLE temp.x USING rtree(a,b,c)
WITH x AS (SELECT 1) DELETE FROM block
WITH x AS (SELECT 1) INSERT INTO peer(url) SELECT 'a' FROM x
DELETE FROM block RETURNING *
UPDATE block SET height = 1 RETURNING *
INSERT INTO peer(url) VALUES ('x') RETURNING id
EXPLAIN DELETE FROM block
EXPLAIN SELECT * FROM peer
EXPLAIN QUERY PLAN SELECT * FROM peer
EXPLAIN PRAGMA journal_mode
SELECT load_extension('x')
SELECT load_extension('/tmp/x.so', 'init')
400:SELECT readfile('/etc/passwd')
400:SELECT writefile('/tmp/x', 'y')
400:SELECT edit('x')
400:SELECT lsdir('/')
SELECT fts3_tokenizer('simple')
SELECT fts3_tokenizer('simple', x'00')
SELECT sqlite_compileoption_get(1)
SELECT sqlite_compileoption_used('x')
SELECT sqlite_source_id()
SELECT sqlite_log(1, 'x')
SELECT randomblob(1000000000)
SELECT zeroblob(1000000000)
SELECT hex(zeroblob(400000000))
SELECT last_insert_rowid()
SELECT changes()
SELECT total_changes()
400:SELECT sqlite_offset(height) FROM v1_block
400:SELECT no_such_function(1)
400:SELECT no_such_column FROM v1_block
400:SELECT * FROM no_such_table
400:SELECT * FROM v1_no_such_view
400:SELECT
400:SELEC 1
400:SELECT 1 FROM
400:SELECT 'x
400:SELECT "no such column"
400:SELECT ?1
400:SELECT :x
400:SELECT $x
400:SELECT @x
400:SELECT 1; SELECT 2
400:SELECT 1; DROP TABLE block
400:SELECT 1;; SELECT 2
400:SELECT 1 /* */ ; /* */ PRAGMA journal_mode
400:;
400:-- nothing
400:/* nothing */
400:)
400:SELECT ((((((
400:SELECT * FROM v1_block b JOIN v1_block b2 USING (no_such)
400:VALUES
400:SELECT abs(1,2)
400:SELECT json_extract('{', '$.a')
400:SELECT abs(-9223372036854775808)
408:WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r) SELECT count(*) FROM r
408:WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT max(n) FROM r
408:WITH RECURSIVE a(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM a LIMIT 100000) SELECT count(*) FROM a x, a y, a z
413:SELECT replace(printf('%1000000d', 1), ' ', 'xxxxxxxxxx')
200:SELECT printf('%100000000d', 1)
413:SELECT group_concat(printf('%1000000d', 1)) FROM v1_block a, v1_block b
413:WITH RECURSIVE r(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM r) SELECT length(s) FROM r
413:WITH RECURSIVE r(n, s) AS (SELECT 1, printf('%100000d', 1) UNION ALL SELECT n+1, printf('%100000d', n) FROM r LIMIT 5000) SELECT n FROM r ORDER BY s DESC
413:SELECT json_group_array(printf('%1000000d', 1)) FROM v1_block a, v1_block b
