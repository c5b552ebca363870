# ULIDs in every shape that Ruby programs keep them in.
User = Struct.new(:id)

# The class of the gem `ruby-ulid` as it shows itself.
class ULID
  def inspect = 'ULID(2016-07-30 23:54:10.259 UTC: 01ARZ3NDEKTSV4RRFFQ69G5FAV)'
end

text = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
symbol = text.to_sym
record = User.new(text)
value = ULID.new
uuid_id = '01563e3a-b5d3-d676-4c61-efb99302bd5b'
number_id = 1777027686520646174104517696511196507
raw_id = [uuid_id.delete('-')].pack('H*')
listed = [text]
keyed = { text => 1 }
total = 1777027686520646174104517696511196507
puts text # break here
