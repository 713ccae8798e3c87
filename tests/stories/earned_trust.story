# A route must be earned: on a mock first, then on paper. A break sends it back; closing is free.
09:30:00  connect dummy cash 100000 kind mock account MOCK-1
        > route dummy up, ledger opens with 100000
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  settings routes dummy,paper trust required paper.sessions_min 1 paper.clean_sessions_min 1 paper.orders_min 2 paper.fills_min 1
        > settings at 13:30:02Z mode paper
09:30:02  intent buy 5 SPY limit 500.00
        > received I1 buy 5 SPY @500 day as number 1 of sma, until 16:00:02
        > passed I1 through risk
        > refused I1 at route POLICY_NOT_EARNED: paper: sessions 0 of 1, clean sessions 0 of 1, orders 0 of 2, fills 0 of 1
09:30:03  settings mode mock
        > settings at 13:30:03Z mode mock
09:30:04  intent buy 5 SPY limit 500.00
        > received I2 buy 5 SPY @500 day as number 2 of sma, until 16:00:04
        > route dummy for I2
        > passed I2 through dispatch
        > submitted C1 for I2 buy 5 SPY @500 day reserved 2500 send by 09:30:34
09:30:05  report C1 new
        > reported C1 new
09:30:06  report C1 trade X1 5 @500.00 fee 1
        > reported C1 trade X1 5 @500
        > booked C1 X1 sma SPY +5 @500 cash -2501 cost +2500 fee 1
        > finished C1
09:30:07  look trust sma paper
        > sma lacks for paper: orders 1 of 2
09:30:08  intent buy 6 SPY limit 500.00
        > received I3 buy 6 SPY @500 day as number 3 of sma, until 16:00:08
        > route dummy for I3
        > passed I3 through dispatch
        > submitted C2 for I3 buy 6 SPY @500 day reserved 3000 send by 09:30:38
09:30:09  report C2 new
        > reported C2 new
09:30:10  look trust sma paper
        > sma lacks for paper: nothing
09:30:11  look trust sma live
        > sma lacks for live: sessions 0 of 60, clean sessions 0 of 20, orders 0 of 100, fills 0 of 100
09:30:12  settings mode paper
        > settings at 13:30:12Z mode paper
09:30:13  intent buy 7 SPY limit 500.00
        > received I4 buy 7 SPY @500 day as number 4 of sma, until 16:00:13
        > route paper for I4
        > passed I4 through dispatch
        > submitted C3 for I4 buy 7 SPY @500 day reserved 3500 send by 09:30:43
09:30:14  report C3 new
        > reported C3 new
09:30:15  report C3 trade X3 7 @500.00
        > reported C3 trade X3 7 @500
        > booked C3 X3 sma SPY +7 @500 cash -3500 cost +3500
        > finished C3
09:30:16  settings paper.orders_min 50
        > settings at 13:30:16Z mode paper
09:30:17  quote SPY 509.98 510.00
09:30:18  intent buy 8 SPY limit 510.00
        > received I5 buy 8 SPY @510 day as number 5 of sma, until 16:00:18
        > passed I5 through risk
        > refused I5 at route POLICY_NOT_EARNED: paper: orders 3 of 50
09:30:19  intent buy 1 SPY limit 510.00 by cli
        > received I6 buy 1 SPY @510 day as number 1 of cli, until 16:00:19
        > route paper for I6
        > passed I6 through dispatch
        > submitted C4 for I6 buy 1 SPY @510 day reserved 510 send by 09:30:49
09:30:20  intent sell 7 SPY
        > received I7 sell 7 SPY day as number 6 of sma, until 16:00:20
        > route paper for I7
        > passed I7 through dispatch
        > submitted C5 for I7 sell 7 SPY day reserved 0 send by 09:30:50
09:30:21  report C5 trade X5 7 @510.00
        > reported C5 trade X5 7 @510
        > booked C5 X5 sma SPY -7 @510 cash +3570 cost -3500 realized +70
        > finished C5
09:30:22  look trust sma live
        > sma lacks for live: sessions 1 of 60, clean sessions 1 of 20, orders 2 of 100, fills 2 of 100
09:30:23  connect paper cash 100000
        > compared PAPER-1 (connect): cash PAPER-1/cash book 100070 statement 100000
09:30:24  look trust sma paper
        > sma lacks for paper: orders 4 of 50
09:31:24  connect paper cash 100000
        > compared PAPER-1 (connect): cash PAPER-1/cash book 100070 statement 100000
        > break cash PAPER-1/cash book 100070 statement 100000
        > halted * RECON_BREAK
        > route paper up
09:31:25  look trust sma paper
        > sma lacks for paper: clean sessions 0 of 1, orders 4 of 50
09:31:26  look trust sma live
        > sma lacks for live: sessions 1 of 60, clean sessions 0 of 20, orders 2 of 100, fills 2 of 100
