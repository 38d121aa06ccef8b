"""Pure arithmetic: addresses, zones, interfaces, names, tags, policies. Nothing here touches an engine."""
