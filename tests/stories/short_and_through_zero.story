# Sell short, then buy through zero: what closes realises, what opens starts anew.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote IBM 200.00 200.02
09:30:02  intent sell 10 IBM limit 200.00
        > received I1 sell 10 IBM @200 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 sell 10 IBM @200 day reserved 2000 send by 09:30:32
09:30:03  report C1 trade X1 10 @200.00
        > reported C1 trade X1 10 @200
        > booked C1 X1 sma IBM -10 @200 cash +2000 cost -2000
        > finished C1
09:30:04  look sma IBM
        > sma holds -10 IBM cost -2000 realized 0
09:30:05  look account
        > cash 102000 realized 0 fees 0 equity 100000 reserved 0
09:40:00  quote IBM 189.98 190.00
09:40:01  intent buy 25 IBM limit 190.00
        > received I2 buy 25 IBM @190 day as number 2 of sma, until 16:10:01
        > route paper for I2
        > passed I2 through dispatch
        > submitted C2 for I2 buy 25 IBM @190 day reserved 2850 send by 09:40:31
09:40:02  look account
        > cash 102000 realized 0 fees 0 equity 100000 reserved 2850
09:40:03  report C2 trade X2 25 @190.00
        > reported C2 trade X2 25 @190
        > booked C2 X2 sma IBM +25 @190 cash -4750 cost +4850 realized +100
        > finished C2
09:40:04  look sma IBM
        > sma holds 15 IBM cost 2850 realized 100
09:40:05  look account
        > cash 97250 realized 100 fees 0 equity 100100 reserved 0
09:50:00  quote IBM 195.00 195.02
09:50:01  intent sell 15 IBM limit 195.00
        > received I3 sell 15 IBM @195 day as number 3 of sma, until 16:20:01
        > route paper for I3
        > passed I3 through dispatch
        > submitted C3 for I3 sell 15 IBM @195 day reserved 0 send by 09:50:31
09:50:02  intent sell 15 IBM limit 195.00
        > received I4 sell 15 IBM @195 day as number 4 of sma, until 16:20:02
        > route paper for I4
        > passed I4 through dispatch
        > submitted C4 for I4 sell 15 IBM @195 day reserved 2925 send by 09:50:32
09:50:03  look account
        > cash 97250 realized 100 fees 0 equity 100100 reserved 2925
