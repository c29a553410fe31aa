"""The sample newsroom: invented publishers on loopback, through which the whole trip can be seen and judged."""
