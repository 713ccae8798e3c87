# A broker tells each leg by itself: each is booked at once, and the combo counts when it is whole.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY260918C00500000 9.90 10.10
09:30:01  quote SPY260918C00510000 4.90 5.10
09:30:02  combo 2 buy:SPY260918C00500000 sell:SPY260918C00510000 limit 5.00
        > received I1 2 of buy:SPY260918C00500000x1 sell:SPY260918C00510000x1 @5 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 2 of buy:SPY260918C00500000x1 sell:SPY260918C00510000x1 @5 day reserved 3000 send by 09:30:32
09:30:03  report C1 trade X1 2 @10.00 symbol SPY260918C00500000 fee 1.30
        > reported C1 trade X1 2 @10
        > booked C1 X1 sma SPY260918C00500000 +2 @10 cash -2001.3 cost +2000 fee 1.3
09:30:04  look C1
        > C1 new filled 0 leaves 2
09:30:05  report C1 trade X2 1 @5.00 symbol SPY260918C00510000 fee 0.65
        > reported C1 trade X2 1 @5
        > booked C1 X2 sma SPY260918C00510000 -1 @5 cash +499.35 cost -500 fee 0.65
09:30:06  look C1
        > C1 partially_filled filled 1 at 5 leaves 1
09:30:07  report C1 canceled
        > reported C1 canceled
        > halted SPY260918C00500000 OMS_UNEVEN_LEGS
        > halted SPY260918C00510000 OMS_UNEVEN_LEGS
        > finished C1
09:30:08  report C1 trade X3 1 @5.10 symbol SPY260918C00510000 fee 0.65
        > reported C1 trade X3 1 @5.1
        > booked C1 X3 sma SPY260918C00510000 -1 @5.1 cash +509.35 cost -510 fee 0.65
        > finished C1
09:30:09  look C1
        > C1 filled filled 2 at 4.95 leaves 0
09:30:10  look account
        > cash 99007.4 realized 0 fees 2.6 equity 99987.4 reserved 0
