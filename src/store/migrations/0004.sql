-- Transactions in numbers, by hour of the clock they were stamped with: hours since the epoch, and JSON.
CREATE TABLE trends(hour INTEGER PRIMARY KEY, counts TEXT NOT NULL);

-- Rows that are here already are counted in steps, newest first: up to this one is still to do.
INSERT INTO settings SELECT 'trends.todo', newest FROM (SELECT max(id) AS newest FROM sales) WHERE newest IS NOT NULL;
