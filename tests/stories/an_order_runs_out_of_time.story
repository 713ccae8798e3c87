# What works longer than orders may is cancelled, asked anew until the broker answers.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 499.00
        > received I1 buy 10 SPY @499 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @499 day reserved 5000 send by 09:30:32
09:30:02  intent buy 11 SPY limit 498.00 tif gtc
        > received I2 buy 11 SPY @498 gtc as number 2 of sma, until 16:00:02
        > route paper for I2
        > passed I2 through dispatch
        > submitted C2 for I2 buy 11 SPY @498 gtc reserved 5500 send by 09:30:32
09:30:02  intent buy 12 SPY limit 497.00 rests yes
        > received I3 buy 12 SPY @497 day as number 3 of sma, until 16:00:02
        > route paper for I3
        > passed I3 through dispatch
        > submitted C3 for I3 buy 12 SPY @497 day reserved 6000 send by 09:30:32
09:30:03  report C1 new
        > reported C1 new
09:30:03  report C2 new
        > reported C2 new
09:30:03  report C3 new
        > reported C3 new
09:30:04  report C1 trade X1 4 @499.00
        > reported C1 trade X1 4 @499
        > booked C1 X1 sma SPY +4 @499 cash -1996 cost +1996
09:35:00  tick
        > nothing
# Looks lie ten seconds apart: 09:35:02 is over at 09:35:10.
09:35:09  tick
        > nothing
09:35:10  tick
        > cancel requested C1 as R1 by timeout
09:35:11  tick
        > nothing
09:35:20  tick
        > cancel requested C1 as R2 by timeout
09:35:21  report R1 cancel_rejected orig C1
        > reported R1 cancel_rejected
09:35:22  report R2 cancel_rejected orig C1
        > reported R2 cancel_rejected
09:35:30  tick
        > cancel requested C1 as R3 by timeout
09:35:31  report C1 trade X2 2 @499.00
        > reported C1 trade X2 2 @499
        > booked C1 X2 sma SPY +2 @499 cash -998 cost +998
09:35:32  report R3 canceled orig C1
        > reported R3 canceled
        > finished C1
09:35:40  tick
        > nothing
09:36:00  look C1
        > C1 canceled filled 6 at 499 leaves 0
# A change that is made gives an order its time anew.
09:40:00  quote SPY 499.98 500.00
09:40:02  intent buy 20 SPY limit 499.00
        > received I4 buy 20 SPY @499 day as number 4 of sma, until 16:10:02
        > route paper for I4
        > passed I4 through dispatch
        > submitted C4 for I4 buy 20 SPY @499 day reserved 10000 send by 09:40:32
09:40:03  report C4 new
        > reported C4 new
09:44:00  quote SPY 499.98 500.00
09:44:02  replace C4 by alice limit 499.50
        > change requested C4 as R4 by alice: buy 20 SPY @499.5 day reserved 10000
09:44:03  report R4 replaced orig C4
        > reported R4 replaced
09:46:00  tick
        > nothing
09:49:10  tick
        > cancel requested R4 as R5 by timeout
09:49:11  report R5 canceled orig R4
        > reported R5 canceled
        > finished C4
# A person's cancel that was refused is refused; time has its say all the same.
09:50:00  quote SPY 499.98 500.00
09:50:02  intent buy 21 SPY limit 499.00
        > received I5 buy 21 SPY @499 day as number 5 of sma, until 16:20:02
        > route paper for I5
        > passed I5 through dispatch
        > submitted C5 for I5 buy 21 SPY @499 day reserved 10500 send by 09:50:32
09:50:03  report C5 new
        > reported C5 new
09:50:04  cancel C5 by alice
        > cancel requested C5 as R6 by alice
09:50:05  report R6 cancel_rejected orig C5
        > reported R6 cancel_rejected
09:50:20  tick
        > nothing
09:55:10  tick
        > cancel requested C5 as R7 by timeout
09:55:11  report R7 canceled orig C5
        > reported R7 canceled
        > finished C5
