# A change for more arrives just behind the last fill: the order works again, and ends once more.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 99.99 100.00
09:30:02  intent buy 3 SPY limit 100.00
        > received I1 buy 3 SPY @100 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 3 SPY @100 day reserved 300 send by 09:30:32
09:30:03  report C1 new
        > reported C1 new
09:30:04  replace C1 by alice qty 5
        > change requested C1 as R1 by alice: buy 5 SPY @100 day reserved 500
09:30:05  report C1 trade X1 3 @100.00
        > reported C1 trade X1 3 @100
        > booked C1 X1 sma SPY +3 @100 cash -300 cost +300
        > finished C1
09:30:06  report R1 replaced orig C1 qty 5
        > reported R1 replaced
09:30:07  look C1
        > C1 partially_filled filled 3 at 100 leaves 2
09:30:08  report R1 canceled
        > reported R1 canceled
        > finished C1
09:30:09  look C1
        > C1 canceled filled 3 at 100 leaves 0
