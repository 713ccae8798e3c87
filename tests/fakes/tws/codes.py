"""Which codes does TWS tell in its error messages, and in which words?"""

from collections.abc import Mapping
from typing import Final

_INVALID: Final = "Error validating request.-'bW' : cause - "
NO_DETAILS_OF_A_BAG: Final = f"{_INVALID}'BAG' isn't supported for contract data request."
NOT_THE_DEFAULT_CLIENT: Final = f"{_INVALID}Only the default client (i.e 0) can auto bind orders."

TEXTS: Final[Mapping[int, str]] = {
    100: "Max rate of messages per second has been exceeded: max=50 rec=51 (1)",
    103: "Duplicate order id",
    104: "Cannot modify a filled order.",
    105: "Order being modified does not match original order.",
    110: "The price does not conform to the minimum price variation for this contract.",
    161: "Cancel attempted when order is not in a cancellable state.",
    200: "No security definition has been found for the request",
    201: "Order rejected - reason:The order was turned down.",
    202: "Order Canceled - reason:",
    321: f"{_INVALID}The API interface is currently in Read-Only mode.",
    322: "Error processing request.-'bW' : cause - jextend.cL: The request failed.",
    326: "Unable to connect as the client id is already in use. Retry with a unique client id.",
    387: "Unsupported order type for this exchange and security type.",
    399: "Order Message: Warning: your order will not be placed at the exchange until the open.",
    404: "Order held while securities are located.",
    434: "The order size cannot be zero.",
    435: "You must specify an account.",
    1100: "Connectivity between IB and Trader Workstation has been lost.",
    1101: "Connectivity between IB and Trader Workstation has been restored - data lost.",
    1102: "Connectivity between IB and Trader Workstation has been restored - data maintained.",
    1300: "TWS socket port has been reset and this connection is being dropped. Please reconnect "
          "on the new port -",
    2103: "Market data farm connection is broken:usfarm",
    2104: "Market data farm connection is OK:usfarm",
    2105: "HMDS data farm connection is broken:ushmds",
    2106: "HMDS data farm connection is OK:ushmds",
    2107: "HMDS data farm connection is inactive but should be available upon demand.ushmds",
    2108: "Market data farm connection is inactive but should be available upon demand.usfarm",
    2109: "Order Event Warning:Attribute 'Outside Regular Trading Hours' is ignored based on the "
          "order type and destination. PlaceOrder is now being processed.",
    2110: "Connectivity between Trader Workstation and server is broken. It will be restored "
          "automatically.",
    2157: "Sec-def data farm connection is broken:secdefnj",
    2158: "Sec-def data farm connection is OK:secdefnj",
    10147: "OrderId {order_id} that needs to be cancelled is not found.",
    10148: "OrderId {order_id} that needs to be cancelled cannot be cancelled, state: {state}.",
    10197: "No market data during competing live session",
    10243: "Fractional-sized order cannot be placed via API. Please use desktop version to revert "
           "the order.",
    10289: "You must specify an allocation.",
    10349: "Order TIF was set to DAY based on order preset.",
}


def text_of(code: int, **names: object) -> str:
    """Return what TWS says under a code; of one that is not listed, something."""
    return TEXTS.get(code, f"Error {code}").format(**names)
