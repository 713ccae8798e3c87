# A combo's fill is corrected and then busted: each leg goes back at its own price.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY260918C00500000 9.90 10.10
09:30:01  quote SPY260918C00510000 4.90 5.10
09:30:02  combo 2 buy:SPY260918C00500000 sell:SPY260918C00510000 limit 5.00
        > received I1 2 of buy:SPY260918C00500000x1 sell:SPY260918C00510000x1 @5 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 2 of buy:SPY260918C00500000x1 sell:SPY260918C00510000x1 @5 day reserved 3000 send by 09:30:32
09:30:03  report C1 trade X1 2 @5.00 legs SPY260918C00500000=10.00,SPY260918C00510000=5.00
        > reported C1 trade X1 2 @5
        > booked C1 X1/1 sma SPY260918C00500000 +2 @10 cash -2000 cost +2000
        > booked C1 X1/2 sma SPY260918C00510000 -2 @5 cash +1000 cost -1000
        > finished C1
09:30:04  report C1 trade_correct X2 2 @4.90 ref X1 legs SPY260918C00500000=9.95,SPY260918C00510000=5.05
        > reported C1 trade_correct X2 2 @4.9
        > booked C1 X2/1- sma SPY260918C00500000 -2 @10 cash +2000 cost -2000
        > booked C1 X2/1 sma SPY260918C00500000 +2 @9.95 cash -1990 cost +1990
        > booked C1 X2/2- sma SPY260918C00510000 +2 @5 cash -1000 cost +1000
        > booked C1 X2/2 sma SPY260918C00510000 -2 @5.05 cash +1010 cost -1010
        > finished C1
09:30:05  look account
        > cash 99020 realized 0 fees 0 equity 100000 reserved 0
09:30:06  report C1 trade_cancel X3 ref X2
        > reported C1 trade_cancel X3
        > booked C1 X3/1 sma SPY260918C00500000 -2 @9.95 cash +1990 cost -1990
        > booked C1 X3/2 sma SPY260918C00510000 +2 @5.05 cash -1010 cost +1010
09:30:07  look account
        > cash 100000 realized 0 fees 0 equity 100000 reserved 3000
09:30:08  look C1
        > C1 new filled 0 leaves 2
