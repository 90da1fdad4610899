-- How often is an address paid? Addresses by the number of outputs they got.
SELECT
  CASE
    WHEN n_funded = 1 THEN 'once'
    WHEN n_funded < 10 THEN '2 to 9 times'
    WHEN n_funded < 100 THEN '10 to 99 times'
    ELSE '100 times or more'
  END AS paid,
  count(*) AS addresses,
  printf('%.8f', sum(received) / 1e8) AS received,
  printf('%.8f', sum(balance) / 1e8) AS still_there
FROM v1_address
GROUP BY paid
ORDER BY min(n_funded);
