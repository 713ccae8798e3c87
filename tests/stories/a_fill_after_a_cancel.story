# The fill crossed our cancel on the wire: money moved, so it is booked, and handed over again.
# Shows faults 56, 60.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:30:32
09:30:03  report C1 new
        > reported C1 new
09:30:04  cancel C1 by alice
        > cancel requested C1 as R1 by alice
09:30:05  report R1 pending_cancel orig C1
        > reported R1 pending_cancel
09:30:06  look C1
        > C1 pending_cancel filled 0 leaves 10
09:30:07  report R1 canceled orig C1
        > reported R1 canceled
        > finished C1
09:30:08  look C1
        > C1 canceled filled 0 leaves 0
09:30:09  report C1 trade X1 4 @500.00
        > reported C1 trade X1 4 @500
        > booked C1 X1 sma SPY +4 @500 cash -2000 cost +2000
        > finished C1
09:30:10  look C1
        > C1 canceled filled 4 at 500 leaves 0
09:30:11  look sma SPY
        > sma holds 4 SPY cost 2000 realized 0
09:30:12  cancel C1 by alice
        > cancel refused C1 VALIDATION_UNKNOWN_ORDER
09:30:13  report C1 new
        > ignored C1 new OMS_NO_SUCH_TRANSITION
