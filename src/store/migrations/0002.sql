-- What an answer says besides its code. None of it is known of older rows; a journal read anew fills it in.
ALTER TABLE sales ADD COLUMN host_us INTEGER;   -- the host's clock (DE12, DE13), shown with the row's own offset
ALTER TABLE sales ADD COLUMN fallback INTEGER;  -- 0 or 1, where the journal says so
ALTER TABLE sales ADD COLUMN issuer;            -- DE44.1, a word
ALTER TABLE sales ADD COLUMN text;              -- what the application showed, a word
