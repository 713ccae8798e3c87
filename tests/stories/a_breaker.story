# A route's breaker opens: orders wait for it and lose no attempt by that; cancels go through.
# Shows fault 68.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 1 SPY limit 500.00
        > received I1 buy 1 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 1 SPY @500 day reserved 500 send by 09:30:32
09:30:03  report C1 new
        > reported C1 new
09:30:04  intent buy 2 SPY limit 500.00
        > received I2 buy 2 SPY @500 day as number 2 of sma, until 16:00:04
        > route paper for I2
        > passed I2 through dispatch
        > submitted C2 for I2 buy 2 SPY @500 day reserved 1000 send by 09:30:34
09:30:05  breaker paper OPEN 5 calls failed in a row: reset
        > breaker of paper OPEN 5 calls failed in a row: reset
09:30:05  breaker paper OPEN again
        > nothing
09:30:05  breaker nowhere OPEN
        > nothing
09:30:05  delivery C2 never_left the breaker of paper is open
        > never left C2 the breaker of paper is open
        > passed I2 through risk
        > held I2 at route ADAPTER_CIRCUIT_OPEN needs route:paper
09:30:06  intent buy 3 SPY limit 500.00
        > received I3 buy 3 SPY @500 day as number 3 of sma, until 16:00:06
        > passed I3 through risk
        > held I3 at route ADAPTER_CIRCUIT_OPEN needs route:paper
09:30:07  cancel C1 by alice
        > cancel requested C1 as R1 by alice
09:30:08  report R1 canceled orig C1
        > reported R1 canceled
        > finished C1
09:31:05  breaker paper HALF_OPEN a probe is on its way
        > breaker of paper HALF_OPEN a probe is on its way
09:31:05  quote SPY 499.98 500.00
09:31:06  breaker paper OPEN the probe failed: reset
        > breaker of paper OPEN the probe failed: reset
09:32:06  breaker paper HALF_OPEN
        > breaker of paper HALF_OPEN
09:32:07  quote SPY 499.98 500.00
09:32:07  breaker paper CLOSED the probe came back
        > breaker of paper CLOSED the probe came back
        > route paper for I2
        > passed I2 through dispatch
        > submitted C3 for I2 buy 2 SPY @500 day attempt 2 reserved 1000 send by 09:32:37
        > route paper for I3
        > passed I3 through dispatch
        > submitted C4 for I3 buy 3 SPY @500 day reserved 1500 send by 09:32:37
09:32:08  breaker paper OPEN
        > breaker of paper OPEN
09:32:09  delivery C3 never_left
        > never left C3
        > passed I2 through risk
        > held I2 at route ADAPTER_CIRCUIT_OPEN needs route:paper
09:32:10  disconnect paper restart
        > route paper down: restart
09:32:11  connect paper cash 100000
        > compared PAPER-1 (connect) matched 1: no difference
        > route paper up
        > route paper for I2
        > passed I2 through dispatch
        > submitted C5 for I2 buy 2 SPY @500 day attempt 3 reserved 1000 send by 09:32:41
