-- Rows of history at rest, many to a record: nothing is to come for them and nothing is looked for by what they say.
-- A row is here or in the table of sales, never in both.
CREATE TABLE packs(
  first INTEGER PRIMARY KEY, -- no row has a lower id
  last INTEGER NOT NULL,     -- nor a higher one; packs never overlap
  listed INTEGER NOT NULL,   -- rows that are listed
  sold INTEGER NOT NULL,     -- those of them that a settlement settles
  rows BLOB NOT NULL         -- see store/packs/format.rs
);
