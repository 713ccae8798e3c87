# An order that is changed again and again: every id of its chain is this order, whatever comes late.
# Shows fault 61.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 499.00
        > received I1 buy 10 SPY @499 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @499 day reserved 5000 send by 09:30:32
09:30:03  report C1 new
        > reported C1 new
09:30:04  replace C1 by alice qty 20
        > change requested C1 as R1 by alice: buy 20 SPY @499 day reserved 10000
09:30:05  report R1 pending_replace orig C1
        > reported R1 pending_replace
09:30:06  report R1 replaced orig C1 qty 20
        > reported R1 replaced
09:30:07  replace C1 by alice qty 30
        > change requested R1 as R2 by alice: buy 30 SPY @499 day reserved 15000
09:30:08  report R2 replaced orig R1 qty 30
        > reported R2 replaced
09:30:09  report C1 trade X1 4 @499.00
        > reported C1 trade X1 4 @499
        > booked C1 X1 sma SPY +4 @499 cash -1996 cost +1996
09:30:10  report R1 trade X2 3 @499.00
        > reported R1 trade X2 3 @499
        > booked C1 X2 sma SPY +3 @499 cash -1497 cost +1497
09:30:11  report R2 trade X3 2 @499.00
        > reported R2 trade X3 2 @499
        > booked C1 X3 sma SPY +2 @499 cash -998 cost +998
09:30:12  look C1
        > C1 partially_filled filled 9 at 499 leaves 21
09:30:12  look R2
        > R2 partially_filled filled 9 at 499 leaves 21
# To what has filled: the rest is gone, and the order filled.
09:30:13  quote SPY 499.98 500.00
09:30:13  replace R2 by alice qty 10
        > change requested R2 as R3 by alice: buy 10 SPY @499 day reserved 500
09:30:14  report R2 trade X4 3 @499.00
        > reported R2 trade X4 3 @499
        > booked C1 X4 sma SPY +3 @499 cash -1497 cost +1497
09:30:15  report R3 replaced orig R2 qty 12
        > reported R3 replaced
        > finished C1
09:30:16  look C1
        > C1 filled filled 12 at 499 leaves 0
# The broker could not make it less than what had filled: a fill on the oldest id is one too many.
09:30:17  report C1 trade X5 1 @499.00
        > reported C1 trade X5 1 @499
        > booked C1 X5 sma SPY +1 @499 cash -499 cost +499
        > halted SPY OMS_OVERFILL
        > finished C1
09:30:18  clear SPY by alice the position is right
        > cleared SPY by alice: the position is right
# A cancel and a change in the air at once: the change is made, so the cancel is asked for the new id.
09:31:00  quote SPY 499.98 500.00
09:31:01  intent buy 20 SPY limit 499.00
        > received I2 buy 20 SPY @499 day as number 2 of sma, until 16:01:01
        > route paper for I2
        > passed I2 through dispatch
        > submitted C2 for I2 buy 20 SPY @499 day reserved 10000 send by 09:31:31
09:31:02  report C2 new
        > reported C2 new
09:31:03  replace C2 by alice qty 40
        > change requested C2 as R4 by alice: buy 40 SPY @499 day reserved 20000
09:31:04  cancel C2 by bob
        > cancel requested C2 as R5 by bob
09:31:05  report R5 pending_cancel orig C2
        > reported R5 pending_cancel
09:31:06  report R4 pending_replace orig C2
        > reported R4 pending_replace
09:31:07  look C2
        > C2 pending_cancel filled 0 leaves 20
09:31:08  report R4 replaced orig C2 qty 40
        > reported R4 replaced
        > cancel requested R4 as R6 by bob
09:31:08  look C2
        > C2 pending_cancel filled 0 leaves 40
09:31:09  report R5 cancel_rejected orig C2
        > reported R5 cancel_rejected
09:31:10  look C2
        > C2 new filled 0 leaves 40
09:31:11  report R6 canceled orig R4
        > reported R6 canceled
        > finished C2
09:31:12  look C2
        > C2 canceled filled 0 leaves 0
# The other way round: the change is refused, the cancel stands.
09:32:00  quote SPY 499.98 500.00
09:32:01  intent buy 21 SPY limit 499.00
        > received I3 buy 21 SPY @499 day as number 3 of sma, until 16:02:01
        > route paper for I3
        > passed I3 through dispatch
        > submitted C3 for I3 buy 21 SPY @499 day reserved 10500 send by 09:32:31
09:32:02  report C3 new
        > reported C3 new
09:32:03  replace C3 by alice qty 40
        > change requested C3 as R7 by alice: buy 40 SPY @499 day reserved 20000
09:32:04  cancel C3 by bob
        > cancel requested C3 as R8 by bob
09:32:05  report R7 pending_replace orig C3
        > reported R7 pending_replace
09:32:06  report R8 pending_cancel orig C3
        > reported R8 pending_cancel
09:32:07  report R7 cancel_rejected orig C3
        > reported R7 cancel_rejected
09:32:08  look C3
        > C3 pending_cancel filled 0 leaves 21
09:32:09  report C3 trade X6 1 @499.00
        > reported C3 trade X6 1 @499
        > booked C3 X6 sma SPY +1 @499 cash -499 cost +499
09:32:10  report R8 canceled orig C3
        > reported R8 canceled
        > finished C3
09:32:11  report C3 trade X7 2 @499.00
        > reported C3 trade X7 2 @499
        > booked C3 X7 sma SPY +2 @499 cash -998 cost +998
        > finished C3
09:32:12  look C3
        > C3 canceled filled 3 at 499 leaves 0
09:32:13  look account
        > cash 92016 realized 0 fees 0 equity 100000 reserved 0
