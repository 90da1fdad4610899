-- What a script has, told without its history.

-- Its coins; tx and n follow as the key of the table.
CREATE INDEX txout_unspent ON txout (script) WHERE spent_tx IS NULL;

-- What each transaction of the pool pays to it and takes from it.
ALTER TABLE mempool_history ADD COLUMN n_funded INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mempool_history ADD COLUMN funded INTEGER NOT NULL DEFAULT 0; -- satoshi
ALTER TABLE mempool_history ADD COLUMN n_spent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mempool_history ADD COLUMN spent INTEGER NOT NULL DEFAULT 0;  -- satoshi
UPDATE mempool_history AS h SET
  (n_funded, funded) = (SELECT count(*), coalesce(sum(value), 0) FROM mempool_out o
                        WHERE o.tx = h.tx AND o.script = h.script),
  (n_spent, spent) = (SELECT count(*), coalesce(sum(value), 0) FROM mempool_in i
                      WHERE i.tx = h.tx AND i.script = h.script);
