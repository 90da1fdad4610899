-- What went over each connection, by kind of message. Search by connection.
CREATE VIEW v1_connection_traffic AS
SELECT
  t.connection,               -- v1_connection.id
  t.command,                  -- '*other*': messages that we do not know
  t.messages_in, t.bytes_in, t.messages_out, t.bytes_out
FROM connection_traffic t;
