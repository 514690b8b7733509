-- Words that repeat from row to row (kinds, terminal numbers, hosts); the first ones have fixed numbers, which
-- indexes below and code rely on.
CREATE TABLE words(n INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
INSERT INTO words(n, text) VALUES
  (1, 'sale'), (2, 'void'), (3, 'refund'), (4, 'preauth'), (5, 'completion'), (6, 'balance'), (7, 'reversal'),
  (8, 'settle'), (9, 'signon'), (10, 'echo'), (11, 'card'), (12, 'scan-pay'), (13, 'scan-show'), (14, 'wallet');

-- Journal files and which of their bytes are in the table of sales. AUTOINCREMENT: an ordinal is never used twice.
CREATE TABLE files(
  ordinal INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL,
  dev INTEGER NOT NULL,
  ino INTEGER NOT NULL,
  print_len INTEGER NOT NULL,
  print TEXT NOT NULL,
  done TEXT NOT NULL,        -- "0-120,400-900": byte ranges
  read INTEGER NOT NULL,
  unreadable INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  mtime INTEGER NOT NULL,
  held INTEGER NOT NULL      -- rows of this file that are listed
);

-- id = file ordinal << 40 | byte offset of the line. Word columns hold a number of `words`, or text when that table
-- is full.
CREATE TABLE sales(
  id INTEGER PRIMARY KEY,
  time_us INTEGER NOT NULL,
  offset_min INTEGER NOT NULL,
  outcome INTEGER NOT NULL,  -- 0 approved, 1 declined, 2 reversed, 3 no response, 4 pending
  kind NOT NULL,
  method,
  amount INTEGER,
  currency,
  stan TEXT,
  rrn TEXT,
  code,
  tid,
  mid,
  entry_mode,
  card TEXT,
  latency_ms INTEGER,
  host,
  state INTEGER,             -- 1 sent, 2 timeout, 3 reversed, 4 query needed
  open INTEGER,              -- as long as something is to come: 1 sent, 2 timeout, 3 query, 4 other, 9 sent, no money
  answered_by INTEGER,       -- a request: the row that answered it
  same_as INTEGER,           -- the same sale as an earlier source saw it
  reversed_by INTEGER,       -- the reversal that undid it
  late_by INTEGER            -- an answer that came after it was given up
);
CREATE INDEX sales_declined ON sales(id) WHERE outcome = 1 AND answered_by IS NULL AND same_as IS NULL;
CREATE INDEX sales_failed ON sales(id) WHERE outcome IN (1, 3) AND answered_by IS NULL AND same_as IS NULL;
CREATE INDEX sales_open ON sales(id, open) WHERE open IS NOT NULL;
CREATE INDEX sales_settled ON sales(id) WHERE kind = 8 AND outcome = 0;

-- Codes of declines, counted as rows arrive.
CREATE TABLE codes(
  source TEXT NOT NULL,
  code TEXT NOT NULL,
  count INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  last_offset INTEGER NOT NULL,
  PRIMARY KEY(source, code)
) WITHOUT ROWID;

-- Newest approved sale per way of paying and source.
CREATE TABLE goods(
  way TEXT NOT NULL,
  source TEXT NOT NULL,
  id INTEGER NOT NULL,
  time_us INTEGER NOT NULL,
  offset_min INTEGER NOT NULL,
  PRIMARY KEY(way, source)
) WITHOUT ROWID;

-- Who did what; each hash covers the row and its predecessor's hash.
CREATE TABLE audit(
  seq INTEGER PRIMARY KEY,
  time_us INTEGER NOT NULL,
  offset_min INTEGER NOT NULL,
  who TEXT NOT NULL,
  role TEXT NOT NULL,
  "from" TEXT NOT NULL,
  action TEXT NOT NULL,
  phase TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL
);

CREATE TABLE events(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_us INTEGER NOT NULL,
  offset_min INTEGER NOT NULL,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  finding TEXT,              -- JSON
  facts TEXT NOT NULL        -- JSON
);
CREATE INDEX events_at ON events(at_us);

CREATE TABLE settings(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
