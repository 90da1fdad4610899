-- Rows of peers ('peer') tell nothing of the chain or the pool: each names the row
-- before it that does, so that the newest such row is found at once.
ALTER TABLE event ADD COLUMN change INTEGER; -- NULL: this row is one
