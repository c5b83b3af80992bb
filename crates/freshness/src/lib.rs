//! One value that stays fresh: single flight, refresh ahead, and a failure never displaces a good value.
