"""Sample data in a separate database, made by importing `fixtures/demo/replay` and replaying the acts in it.

`applications`, `cards`, `documents`, `credit`, `complaints` and `optouts` are import files with a column `when`. Rows
with the same `when` are imported as one workbook. `callers` are the cards that call, and `calls` are their calling
profiles. `acts` says who does what with a case. These cells are relative to the day on which the demo is made:

* `w-3` and `w+1` are working days, counted from the first one that has not closed yet when the demo is made;
* `w-3-20d+18y` is a date some days and years before or after one, `w-3 10:30` a local time, `now-12m` minutes from now;
* `id 440000 w-3-20d-34y 998` is an ID number of a region, birth date and serial, with its check digit.

The files beside this folder are the same rows with the dates of one day, to be imported by hand. `supplier.toml` is the
sender of the letters.
"""
