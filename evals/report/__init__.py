"""What is shown of runs: pages, figures for machines, test cases, history."""
