"""What can be told of the program itself: its log, the requests, and a report without names."""
