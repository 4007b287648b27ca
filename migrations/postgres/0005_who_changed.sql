-- Who made a change: mostly the person, sometimes an operator.
ALTER TABLE changes ADD COLUMN actor TEXT;
