-- Where to go on in a source that is no file (a cursor of the system's journal, a row of a table).
ALTER TABLE files ADD COLUMN cursor TEXT NOT NULL DEFAULT '';
