-- How checks found the parts of the terminal, good states too: one row per unchanged stretch of time.
CREATE TABLE stood(
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL,          -- of the finding
  area TEXT NOT NULL,
  status TEXT NOT NULL,
  code TEXT NOT NULL,
  facts TEXT,                -- JSON, for what was wrong
  from_us INTEGER NOT NULL,
  until_us INTEGER NOT NULL, -- last found so; written a few minutes behind
  offset_min INTEGER NOT NULL
);
CREATE INDEX stood_until ON stood(until_us, from_us);
