-- How large are light clients' block filters, beside the blocks?
SELECT
  f.height / 2016 * 2016 AS from_height,
  count(*) AS filters,
  min(length(f.filter)) AS smallest,
  CAST(avg(length(f.filter)) AS INTEGER) AS mean_bytes,
  max(length(f.filter)) AS largest,
  sum(length(f.filter)) AS bytes,
  printf('%.2f %%', 100.0 * sum(length(f.filter)) / sum(b.size)) AS of_the_blocks
FROM v1_block_filter f JOIN v1_block b ON b.hash = f.block_hash
WHERE f.active
GROUP BY f.height / 2016
ORDER BY from_height;
