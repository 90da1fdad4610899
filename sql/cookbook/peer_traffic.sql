-- What goes over the connections by Bitcoin's protocol, and of which kind is it?
SELECT
  t.command,
  count(*) AS connections,
  sum(t.messages_in) AS messages_in,
  sum(t.bytes_in) AS bytes_in,
  sum(t.messages_out) AS messages_out,
  sum(t.bytes_out) AS bytes_out,
  (SELECT c.url FROM v1_connection_traffic m
   JOIN v1_connection c ON c.id = m.connection
   WHERE m.command = t.command
   ORDER BY m.bytes_in + m.bytes_out DESC, c.id LIMIT 1) AS most_with
FROM v1_connection_traffic t
GROUP BY t.command
ORDER BY sum(t.bytes_in + t.bytes_out) DESC, t.command;
