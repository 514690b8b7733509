-- Which line could not be read last, and why: a start that finds nothing new to read has nothing else to tell it from.
ALTER TABLE files ADD COLUMN last_unreadable TEXT NOT NULL DEFAULT '';
