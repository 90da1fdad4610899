CREATE VIEW v1_block AS SELECT hash FROM block;
