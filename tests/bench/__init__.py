"""What people wait for, measured against a plain yardstick in the same run (`make bench`). Never a test: no figure
fails anything, each is a ratio to something simple on the same machine.

`python -m tests.bench [feed page sign-up reminders files memory visit] [--runs 5] [--quick]`
"""
