-- The first event passed over because only a newer Proctor knows it: that one goes back to it.
ALTER TABLE dispatch.position ADD COLUMN IF NOT EXISTS passed_over bigint;
