"""`gate`: whether a report passes the limits that a project has set itself."""
