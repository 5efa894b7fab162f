"""Items of quizzes in the terminal: how they are shown, answered and explained, on a full screen or line by line."""
