-- Which peers do we talk to, and how do they answer?
SELECT
  p.url,
  p.state,
  p.score,
  p.failures,
  count(a.hash) AS announcements,
  coalesce(sum(a.ok), 0) AS taken,
  datetime(p.seen_at, 'unixepoch') AS seen,
  p.height AS its_height,
  p.why
FROM v1_peer p LEFT JOIN v1_announcement a ON a.url = p.url
GROUP BY p.url
ORDER BY announcements DESC, p.score DESC, p.url;
