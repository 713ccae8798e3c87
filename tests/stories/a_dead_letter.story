# No route would take the order: a dead letter. Tried again it walks from stage 1 with what is true then.
# Shows faults 68, 69.
09:30:00  session XNYS trading
        > session XNYS trading
09:30:01  quote SPY 499.98 500.00
09:30:02  intent buy 10 SPY limit 500.00
        > received I1 buy 10 SPY @500 day as number 1 of sma, until 16:00:02
        > route paper for I1
        > passed I1 through dispatch
        > submitted C1 for I1 buy 10 SPY @500 day reserved 5000 send by 09:30:32
09:30:10  delivery C1 undelivered 4 tries: connection refused
        > never left C1 4 tries: connection refused
        > refused I1 at dispatch ADAPTER_UNDELIVERED: 4 tries: connection refused
09:30:11  look account
        > cash 100000 realized 0 fees 0 equity 100000 reserved 0
09:30:12  retry I1 by alice ttl 60
        > retried I1 by alice until 09:31:12
        > route paper for I1
        > passed I1 through dispatch
        > submitted C2 for I1 buy 10 SPY @500 day attempt 2 reserved 5000 send by 09:30:42
09:30:13  delivery C2 undelivered 4 tries: connection refused
        > never left C2 4 tries: connection refused
        > refused I1 at dispatch ADAPTER_UNDELIVERED: 4 tries: connection refused
09:40:00  quote SPY 549.98 550.00
09:40:01  retry I1 by alice ttl 60
        > retried I1 by alice until 09:41:01
        > route paper for I1
        > passed I1 through dispatch
        > submitted C3 for I1 buy 10 SPY @500 day attempt 3 reserved 5500 send by 09:40:31
09:40:02  report C3 new
        > reported C3 new
09:40:03  retry I1 by alice ttl 60
        > nothing
09:40:59  quote SPY 549.98 550.00
09:41:00  intent buy 1 SPY limit 549.00
        > received I2 buy 1 SPY @549 day as number 2 of sma, until 16:11:00
        > route paper for I2
        > passed I2 through dispatch
        > submitted C4 for I2 buy 1 SPY @549 day reserved 550 send by 09:41:30
09:41:10  delivery C4 undelivered 4 tries: connection refused
        > never left C4 4 tries: connection refused
        > refused I2 at dispatch ADAPTER_UNDELIVERED: 4 tries: connection refused
09:41:11  discard I2 by alice stale
        > discarded I2 by alice: stale
09:41:12  retry I2 by alice ttl 60
        > nothing
09:41:13  discard I2 by alice again
        > nothing
09:42:00  quote SPY 549.98 550.00
09:42:00  intent buy 1 SPY limit 548.00
        > received I3 buy 1 SPY @548 day as number 3 of sma, until 16:12:00
        > route paper for I3
        > passed I3 through dispatch
        > submitted C5 for I3 buy 1 SPY @548 day reserved 550 send by 09:42:30
09:42:10  delivery C5 undelivered 4 tries: connection refused
        > never left C5 4 tries: connection refused
        > refused I3 at dispatch ADAPTER_UNDELIVERED: 4 tries: connection refused
09:42:11  kill on by alice enough
        > kill switch on by alice: enough
        > cancel requested C3 as R1 by kill by alice
09:42:12  retry I3 by alice ttl 60
        > retried I3 by alice until 09:43:12
        > passed I3 through validation
        > refused I3 at risk RISK_KILL_SWITCH (kill_switch BLOCK)
