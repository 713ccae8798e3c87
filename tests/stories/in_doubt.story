# The wire failed and nobody knows: the risk stays reserved and the instrument waits for evidence.
# Shows faults 49, 50, 52.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:30:32
09:30:03  delivery C1 unknown timed out
        > in doubt C1 timed out
09:30:04  delivery C1 unknown timed out again
        > nothing
09:30:05  look C1
        > C1 pending_new in doubt filled 0 leaves 10
09:30:05  look account
        > cash 100000 realized 0 fees 0 equity 100000 reserved 5000
09:30:06  intent buy 1 SPY limit 500.00
        > received I2 buy 1 SPY @500 day as number 2 of sma, until 16:00:06
        > passed I2 through validation
        > held I2 at risk RISK_IN_DOUBT needs doubt:SPY (in_doubt PAUSE)
09:30:07  tick
        > nothing
09:30:08  look account
        > cash 100000 realized 0 fees 0 equity 100000 reserved 5000
09:30:09  report C1 new
        > reported C1 new
        > route paper for I2
        > passed I2 through dispatch
        > submitted C2 for I2 buy 1 SPY @500 day reserved 500 send by 09:30:39
09:30:10  look C1
        > C1 new filled 0 leaves 10
09:30:11  look account
        > cash 100000 realized 0 fees 0 equity 100000 reserved 5500
09:31:00  quote SPY 499.98 500.00
09:31:00  intent buy 2 SPY limit 500.00
        > received I3 buy 2 SPY @500 day as number 3 of sma, until 16:01:00
        > route paper for I3
        > passed I3 through dispatch
        > submitted C3 for I3 buy 2 SPY @500 day reserved 1000 send by 09:31:30
09:31:01  delivery C3 unknown timed out
        > in doubt C3 timed out
09:31:02  intent buy 3 SPY limit 500.00
        > received I4 buy 3 SPY @500 day as number 4 of sma, until 16:01:02
        > passed I4 through validation
        > held I4 at risk RISK_IN_DOUBT needs doubt:SPY (in_doubt PAUSE)
09:31:03  delivery C3 never_left found in no broker record
        > never left C3 found in no broker record
        > route paper for I3
        > passed I3 through dispatch
        > submitted C4 for I3 buy 2 SPY @500 day attempt 2 reserved 1000 send by 09:31:33
        > route paper for I4
        > passed I4 through dispatch
        > submitted C5 for I4 buy 3 SPY @500 day reserved 1500 send by 09:31:33
