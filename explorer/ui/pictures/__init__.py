"""Pictures on screen: photos, maps, filters, patches, and the numbers behind them."""
