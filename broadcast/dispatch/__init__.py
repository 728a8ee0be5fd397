"""The dispatcher: claims what is due, asks again, calls the channel, records, and looks up what it
does not know. See design §3 to §5.
"""
