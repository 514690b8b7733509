-- Which transaction a void or reversal is about, where its message says so (DE90, UnionPay's DE61).
ALTER TABLE sales ADD COLUMN original_stan TEXT;
