-- A gateway's journal tells an exchange from both sides: 1 where a row is the side that answers the terminal.
ALTER TABLE sales ADD COLUMN as_host INTEGER;

-- Which sale a reversal or void was about is judged in the journal's order; from the first row on where rows are here
-- already, written by versions that noted it less well or not at all.
INSERT INTO settings SELECT 'undone.todo', 'all' WHERE EXISTS (SELECT 1 FROM sales);
